package io.walcast.relay.gateway.websocket;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.HttpRequestHandler;

/**
 * Serves one handler as a servlet, for every HTTP method. It stands beside the dispatcher servlet, because the
 * dispatcher servlet answers preflight requests itself. Register it with support for asynchronous requests.
 */
public final class HandlerServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient HttpRequestHandler handler;

    public HandlerServlet(HttpRequestHandler handler) {
        this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        handler.handleRequest(request, response);
    }
}
