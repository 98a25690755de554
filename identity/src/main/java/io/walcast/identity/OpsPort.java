package io.walcast.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * A separate port for operations: nothing else is served there, and operations are served nowhere else. Probes are
 * served on both ports, since a load balancer probes the port to which it sends clients. Stateless.
 */
final class OpsPort extends HttpFilter implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final long serialVersionUID = 1;

    /** Enough for consoles and scrapers; Tomcat's default is 8,192 connections, each with buffers of its own. */
    private static final String MOST_CONNECTIONS = "200";

    private final int port;
    private final String address;

    OpsPort(int port, String address) {
        this.port = port;
        this.address = address;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        var connector = new Connector(TomcatServletWebServerFactory.DEFAULT_PROTOCOL);
        connector.setPort(port);
        connector.setProperty("address", address);
        connector.setProperty("maxConnections", MOST_CONNECTIONS);
        factory.addAdditionalConnectors(connector);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (TokenFilterChain.isProbe(request) || TokenFilterChain.isOps(request) == (request.getLocalPort() == port)) {
            chain.doFilter(request, response);
        } else {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }
}
