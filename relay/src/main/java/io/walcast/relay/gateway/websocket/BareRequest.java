package io.walcast.relay.gateway.websocket;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketHttpHeaders;

/**
 * A request without the headers and parameters that the container and Spring would copy and keep as long as the
 * WebSocket lives: kilobytes that nothing reads. Single headers can still be read for the handshake, except for
 * extensions, of which none is accepted: compression would cost every connection a window of its own, far more than all
 * its other state.
 */
final class BareRequest extends HttpServletRequestWrapper {

    BareRequest(HttpServletRequest request) {
        super(request);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.emptyEnumeration();
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return name.equalsIgnoreCase(WebSocketHttpHeaders.SEC_WEBSOCKET_EXTENSIONS)
                ? Collections.emptyEnumeration()
                : super.getHeaders(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Map.of();
    }

    @Override
    public @Nullable String getQueryString() {
        return null;
    }

    /** The address, because the name would be looked up in DNS. */
    @Override
    public String getLocalName() {
        return getLocalAddr();
    }
}
