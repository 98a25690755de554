package io.walcast.app.identity;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Identity in development mode: the caller is who the header {@value #NAME} says. */
final class UserIdHeader implements HandlerMethodArgumentResolver {

    static final String NAME = "X-User-Id";

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == UserId.class;
    }

    @Override
    public UserId resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        var values = request.getHeaderValues(NAME);
        if (values == null || values.length == 0) {
            throw new ProblemException(ProblemType.UNAUTHENTICATED, "The header " + NAME + " is missing.")
                    .withHeader(HttpHeaders.WWW_AUTHENTICATE, NAME);
        }
        // Two headers are two opinions, as when a proxy adds its own to the client's: neither is believed.
        if (values.length > 1) {
            throw ProblemException.invalid(NAME, "must be given once");
        }
        if (!UserId.isWellFormed(values[0])) {
            throw ProblemException.invalid(NAME, UserId.RULE);
        }
        return new UserId(values[0]);
    }
}
