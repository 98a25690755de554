package io.walcast.identity;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.SingleResultAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestMatcherDelegatingAuthorizationManager;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Spring Security's resource server as the three filters that tokens need: no session, no cookie, no anonymous user. A
 * route that is not listed here needs a token. Stateless.
 */
final class TokenFilterChain {

    /** The WebSocket paths, which identify their clients themselves, on the connection. */
    private static final RequestMatcher WEB_SOCKETS =
            anyOf(Stream.of(ServerPaths.SOCKET_IO + "/**", ServerPaths.WEB_SOCKET));

    private static final RequestMatcher PROBES = anyOf(ServerPaths.PROBES.stream());

    private static final RequestMatcher OPS =
            anyOf(ServerPaths.OPERATIONS.stream().map(path -> path + "/**"));

    /** The pages. They hold no data: a page requests its data with a token. */
    private static final RequestMatcher PAGES = new OrRequestMatcher(Stream.of(
                    "/",
                    "/*.html",
                    "/*.js",
                    "/*.ts",
                    "/*.css",
                    "/*.svg",
                    ServerPaths.API + "/**",
                    ServerPaths.SWAGGER_UI + "/**",
                    ServerPaths.PROBLEMS + "/**",
                    ServerPaths.OPS,
                    ServerPaths.OPS + "/",
                    ServerPaths.OPS + "/*.html",
                    ServerPaths.OPS + "/*.js",
                    ServerPaths.OPS + "/*.css",
                    ServerPaths.OPS + "/*.svg",
                    ServerPaths.OPS + "/uplot/**")
            .map(pattern -> (RequestMatcher) pathPattern(HttpMethod.GET, pattern))
            .toList());

    private TokenFilterChain() {}

    private static RequestMatcher anyOf(Stream<String> patterns) {
        return new OrRequestMatcher(
                patterns.map(pattern -> (RequestMatcher) pathPattern(pattern)).toList());
    }

    static boolean isProbe(HttpServletRequest request) {
        return PROBES.matches(request);
    }

    static boolean isOps(HttpServletRequest request) {
        return OPS.matches(request);
    }

    static FilterChainProxy of(TokenIdentity identity, String opsAuthority) {
        var authorities = RequestMatcherDelegatingAuthorizationManager.builder()
                .add(PROBES, SingleResultAuthorizationManager.permitAll())
                .add(PAGES, SingleResultAuthorizationManager.permitAll())
                .add(OPS, AuthorityAuthorizationManager.hasAuthority(opsAuthority))
                .add(AnyRequestMatcher.INSTANCE, AuthenticatedAuthorizationManager.authenticated())
                .build();
        var bearer = new BearerTokenAuthenticationFilter(manager(identity));
        bearer.setAuthenticationEntryPoint(TokenFilterChain::refuse);
        // The default would throw an exception past every handler if the fault is the server's.
        bearer.setAuthenticationFailureHandler(TokenFilterChain::refuse);
        var refusals = new ExceptionTranslationFilter(TokenFilterChain::refuse);
        refusals.setAccessDeniedHandler((request, response, denied) ->
                ProblemWriter.writeForbidden(response, "This needs an authority that your token does not grant."));
        var proxy = new FilterChainProxy(List.of(
                new DefaultSecurityFilterChain(WEB_SOCKETS),
                new DefaultSecurityFilterChain(
                        AnyRequestMatcher.INSTANCE, bearer, refusals, new AuthorizationFilter(authorities))));
        proxy.setFirewall(firewall());
        proxy.setRequestRejectedHandler(
                (request, response, rejected) -> response.sendError(HttpServletResponse.SC_BAD_REQUEST));
        return proxy;
    }

    private static AuthenticationManager manager(TokenIdentity identity) {
        return request -> {
            try {
                var caller = identity.of(((BearerTokenAuthenticationToken) request).getToken());
                return authenticated(caller);
            } catch (UnidentifiedException e) {
                throw switch (e.reason()) {
                    case UNKNOWN -> new InvalidBearerTokenException(e.explanation());
                    case EXPIRED -> new CredentialsExpiredException(e.explanation());
                    case UNAVAILABLE -> new Unavailable(e.explanation());
                };
            }
        };
    }

    private static Authentication authenticated(Caller caller) {
        return new PreAuthenticatedAuthenticationToken(
                caller, "", AuthorityUtils.createAuthorityList(caller.authorities()));
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof Unavailable) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "3");
            ProblemWriter.write(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Tokens cannot be checked now",
                    "The issuer of the tokens does not answer.");
            return;
        }
        boolean expired = failure instanceof CredentialsExpiredException;
        boolean missing = request.getHeader(HttpHeaders.AUTHORIZATION) == null;
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, missing ? "Bearer" : "Bearer error=\"invalid_token\"");
        ProblemWriter.write(
                response,
                HttpServletResponse.SC_UNAUTHORIZED,
                expired ? "token_expired" : "unauthenticated",
                expired ? "The token has expired" : "The caller is unknown",
                expired
                        ? "Get a new token."
                        : missing ? "The header Authorization is missing." : "The token is not valid here.");
    }

    /**
     * Allows the characters of user ids, which are parts of paths. Paths are matched decoded, and none is decoded
     * twice.
     */
    private static StrictHttpFirewall firewall() {
        var firewall = new StrictHttpFirewall();
        firewall.setAllowSemicolon(true);
        firewall.setAllowUrlEncodedPercent(true);
        firewall.setAllowUrlEncodedPeriod(true);
        return firewall;
    }

    /** Tokens cannot be checked: the fault is not the client's. */
    private static final class Unavailable extends AuthenticationServiceException {

        private static final long serialVersionUID = 1;

        private Unavailable(String message) {
            super(message);
        }
    }
}
