package io.walcast.app.messages;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Requires a non-empty content of a TEXT. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ContentWhereNeeded.Validator.class)
@interface ContentWhereNeeded {

    String message() default "is required for a TEXT";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Reports the violation at the field, not at the whole message. */
    final class Validator implements ConstraintValidator<ContentWhereNeeded, NewMessage> {

        @Override
        public boolean isValid(NewMessage post, ConstraintValidatorContext context) {
            var content = post.content();
            if (post.type() != NewMessage.Type.TEXT || (content != null && !content.isEmpty())) {
                return true;
            }
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(context.getDefaultConstraintMessageTemplate())
                    .addPropertyNode("content")
                    .addConstraintViolation();
            return false;
        }
    }
}
