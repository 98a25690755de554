package io.walcast.app.messages;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a reaction: an emoji, or a name whose meaning the application defines. New emoji come every year, so the
 * rule excludes texts that are no emoji.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Emoji.Validator.class)
@interface Emoji {

    String message() default
            "must be an emoji of at most 32 bytes in UTF-8, in the form NFC and without letters, or a name such as :party:";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Checks the rule. Stateless. */
    final class Validator implements ConstraintValidator<Emoji, String> {

        private static final int MOST_BYTES = 32;
        private static final Pattern NAME = Pattern.compile(":[A-Za-z0-9_+-]{1,32}:");

        @Override
        public boolean isValid(@Nullable String emoji, ConstraintValidatorContext context) {
            return emoji == null || NAME.matcher(emoji).matches() || isEmoji(emoji);
        }

        private static boolean isEmoji(String text) {
            return !text.isEmpty()
                    && text.length() <= MOST_BYTES
                    && text.codePoints().allMatch(Validator::isAllowed)
                    && text.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
                    && Normalizer.isNormalized(text, Normalizer.Form.NFC);
        }

        private static boolean isAllowed(int codePoint) {
            return codePoint != '/'
                    && !Character.isLetter(codePoint)
                    && !Character.isISOControl(codePoint)
                    && !Character.isWhitespace(codePoint)
                    && !Character.isSpaceChar(codePoint)
                    && !(codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
        }
    }
}
