package io.walcast.app.identity;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.Caller;
import io.walcast.identity.UserId;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Identity where there are tokens: the caller is the subject of the token that the resource server has checked. */
final class TokenSubject implements HandlerMethodArgumentResolver {

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
        var caller = Caller.ofRequest();
        if (caller == null) {
            throw new ProblemException(ProblemType.UNAUTHENTICATED, "The header Authorization is missing.")
                    .withHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return caller.userId();
    }
}
