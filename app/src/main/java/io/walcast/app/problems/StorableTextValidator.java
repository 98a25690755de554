package io.walcast.app.problems;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Checks {@link StorableText}. Immutable once initialised. */
final class StorableTextValidator implements ConstraintValidator<StorableText, String> {

    private int maxBytes;

    @Override
    public void initialize(StorableText constraint) {
        maxBytes = constraint.maxBytes();
    }

    @Override
    public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
        if (text == null) {
            return true;
        }
        if (text.indexOf('\0') >= 0) {
            return refuse(context, "must not contain U+0000");
        }
        // A code point of a string is a surrogate only if it is unpaired.
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            return refuse(context, "must not contain a surrogate without its pair");
        }
        if (text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            return refuse(context, "must not have more than " + maxBytes + " bytes in UTF-8");
        }
        return true;
    }

    private static boolean refuse(ConstraintValidatorContext context, String message) {
        context.disableDefaultConstraintViolation();
        context.buildConstraintViolationWithTemplate(message).addConstraintViolation();
        return false;
    }
}
