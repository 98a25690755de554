package io.walcast.relay.gateway.transport;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.HttpRequestHandler;

/** Serves one handler, whatever the method. */
final class HandlerServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient HttpRequestHandler handler;

    HandlerServlet(HttpRequestHandler handler) {
        this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        handler.handleRequest(request, response);
    }
}
