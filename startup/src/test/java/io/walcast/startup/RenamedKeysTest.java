package io.walcast.startup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RenamedKeysTest {

    private static final String OLD = "walcast.auth.let-anyone-be-anyone";
    private static final String NEW = "walcast.auth.allow-unauthenticated-remote";

    static class Nothing {}

    @Test
    void anOldKeyIsReadAsTheNewOneWithAWarning(CapturedOutput output) {
        assertThat(valueOf(NEW, "--" + OLD + "=true")).isEqualTo("true");
        assertThat(output).contains("WARN").contains(OLD + " is now " + NEW);
    }

    @Test
    void theNewKeyWinsWhereBothAreSet() {
        assertThat(valueOf(NEW, "--" + OLD + "=true", "--" + NEW + "=false")).isEqualTo("false");
    }

    @Test
    void nothingIsSaidOfNewKeys(CapturedOutput output) {
        assertThat(valueOf(NEW, "--" + NEW + "=true")).isEqualTo("true");
        assertThat(output).doesNotContain("is now");
    }

    private static String valueOf(String key, String... arguments) {
        try (var context = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run(arguments)) {
            return context.getEnvironment().getRequiredProperty(key);
        }
    }
}
