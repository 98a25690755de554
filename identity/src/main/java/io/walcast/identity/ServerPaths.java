package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * The paths on which filters, security and controllers must agree. A controller below another path fails a test that
 * calls every route.
 */
public final class ServerPaths {

    public static final String CONVERSATIONS = "/conversations";
    public static final String MESSAGES = "/messages";

    /** The catalogue of problems. */
    public static final String PROBLEMS = "/problems";

    /** The page of the API description. */
    public static final String API = "/api";

    /** The API description itself. */
    public static final String OPENAPI = API + "/openapi";

    /** The same in the other format. */
    public static final String OPENAPI_YAML = OPENAPI + ".yaml";

    /** The pages and scripts of the API description. */
    public static final String SWAGGER_UI = "/swagger-ui";

    public static final String SOCKET_IO = "/socket.io";

    /** The WebSocket of plain JSON. */
    public static final String WEB_SOCKET = "/ws";

    public static final String OPS = "/ops";
    public static final String ACTUATOR = "/actuator";

    /** Answers below these contain texts of users: they need a caller, and are not cached. */
    public static final List<String> DATA = List.of(CONVERSATIONS, MESSAGES);

    /** The REST paths, which pages of other origins may call. */
    public static final List<String> CROSS_ORIGIN = List.of(CONVERSATIONS, MESSAGES, PROBLEMS);

    /** Answers below these can be long. */
    public static final List<String> LONG_ANSWERS = List.of(CONVERSATIONS, MESSAGES, API);

    /** Operations. */
    static final List<String> OPERATIONS = List.of(OPS, ACTUATOR);

    /** The probes, which load balancers call without an identity. */
    static final List<String> PROBES =
            List.of(ACTUATOR + "/health/liveness", ACTUATOR + "/health/readiness", ACTUATOR + "/health/rollout");

    private ServerPaths() {}

    /** Servlet patterns for each of these paths and everything below it. */
    public static String[] patterns(List<String> paths) {
        return paths.stream().map(path -> path + "/*").toArray(String[]::new);
    }

    /** The path of the request, decoded, below the context path. */
    static String of(HttpServletRequest request) {
        String below = request.getPathInfo();
        return below == null ? request.getServletPath() : request.getServletPath() + below;
    }

    /** Whether a path is one of these or below it. */
    static boolean isWithin(String path, List<String> paths) {
        return paths.stream().anyMatch(parent -> isWithin(path, parent));
    }

    static boolean isWithin(String path, String parent) {
        return path.startsWith(parent) && (path.length() == parent.length() || path.charAt(parent.length()) == '/');
    }
}
