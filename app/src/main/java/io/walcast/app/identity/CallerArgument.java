package io.walcast.app.identity;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.Caller;
import io.walcast.identity.UserId;
import io.walcast.identity.UserIdHeader;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * The caller as a parameter of request handlers: in header mode the user that the header names, else the subject of the
 * token that the resource server has checked.
 */
final class CallerArgument implements HandlerMethodArgumentResolver {

    private final boolean usesTokens;

    CallerArgument(boolean usesTokens) {
        this.usesTokens = usesTokens;
    }

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
        UserId user = usesTokens ? ofToken() : ofHeader(request);
        if (user == null) {
            String header = usesTokens ? HttpHeaders.AUTHORIZATION : UserIdHeader.NAME;
            throw new ProblemException(ProblemType.UNAUTHENTICATED, "The header " + header + " is missing.")
                    .withHeader(HttpHeaders.WWW_AUTHENTICATE, usesTokens ? "Bearer" : UserIdHeader.NAME);
        }
        return user;
    }

    private static @Nullable UserId ofToken() {
        Caller caller = Caller.ofRequest();
        return caller == null ? null : caller.userId();
    }

    private static @Nullable UserId ofHeader(NativeWebRequest request) {
        try {
            HttpServletRequest servlet = request.getNativeRequest(HttpServletRequest.class);
            return servlet == null ? null : UserIdHeader.of(servlet);
        } catch (UserIdHeader.MalformedException e) {
            throw ProblemException.invalid(UserIdHeader.NAME, e.rule());
        }
    }
}
