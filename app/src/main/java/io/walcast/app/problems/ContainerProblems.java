package io.walcast.app.problems;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes a problem detail for requests that Tomcat itself refuses, such as one with a malformed path or header. */
@Component
final class ContainerProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private final JsonMapper json;

    ContainerProblems(JsonMapper json) {
        this.json = json;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ReportValve(json)));
    }

    private static final class ReportValve extends ErrorReportValve {

        private final JsonMapper json;

        private ReportValve(JsonMapper json) {
            this.json = json;
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable cause) {
            var status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            var problem = ProblemDetail.forStatus(status);
            ProblemType.of(HttpStatusCode.valueOf(status)).describe(problem).setStatus(status);
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            try (var body = response.getReporter()) {
                if (body != null) {
                    body.write(json.writeValueAsString(problem));
                    response.finishResponse();
                }
            } catch (IOException e) {
                getContainer().getLogger().debug("The client disconnected before its problem detail was written", e);
            }
        }
    }
}
