package io.walcast.identity;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.springframework.http.MediaType;

/**
 * Writes the problem details (RFC 9457) of filters, in the form that request handlers have. Texts are constants: no
 * user's.
 */
final class ProblemWriter {

    private ProblemWriter() {}

    /** @param code one of the catalogue that {@code /problems} serves */
    static void write(HttpServletResponse response, int status, String code, String title, String detail)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter().write(String.format(Locale.ROOT, """
                        {"type":"%s/%s","title":"%s","status":%d,"detail":"%s","code":"%2$s"}""", ServerPaths.PROBLEMS, code, title, status, detail));
    }

    static void writeForbidden(HttpServletResponse response, String detail) throws IOException {
        write(response, HttpServletResponse.SC_FORBIDDEN, "forbidden", "Not for this caller", detail);
    }
}
