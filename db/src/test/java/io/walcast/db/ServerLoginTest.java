package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.walcast.startup.StartupException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class ServerLoginTest {

    private final MockEnvironment environment = new MockEnvironment()
            .withProperty("spring.datasource.url", "jdbc:postgresql://db.example:5433/chat?password=secret")
            .withProperty("spring.datasource.username", "app")
            .withProperty("spring.datasource.password", "secret");

    @Test
    void isThatOfTheDataSourceWhereNothingElseIsSet() {
        var relay = ServerLogin.of(environment, "walcast.relay.database", "username");

        assertThat(relay.server()).isEqualTo("db.example:5433/chat");
        assertThat(relay.user()).isEqualTo("app");
        assertThat(relay.password()).isEqualTo("secret");
        assertThat(relay.asProperties())
                .containsOnly(
                        entry("walcast.relay.database.url", relay.url()),
                        entry("walcast.relay.database.username", "app"),
                        entry("walcast.relay.database.password", "secret"));
    }

    @Test
    void isThatOfItsOwnPropertiesWhereTheyAreSet() {
        environment.setProperty("walcast.relay.database.username", "relay");
        environment.setProperty("walcast.relay.database.password", "other");

        var relay = ServerLogin.of(environment, "walcast.relay.database", "username");

        assertThat(relay.user()).isEqualTo("relay");
        assertThat(relay.password()).isEqualTo("other");
    }

    @Test
    void refusesTheUrlOfAnotherDatabase() {
        environment.setProperty("spring.datasource.url", "jdbc:mysql://db.example/chat?password=secret");

        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> ServerLogin.of(environment, "spring.datasource", "username"))
                .withMessageStartingWith("spring.datasource.url is not the URL of a PostgreSQL")
                .withMessageNotContaining("secret");
    }

    @Test
    void namesEachOfSeveralServersAndAsksForThePrimary() {
        environment.setProperty("spring.datasource.url", "jdbc:postgresql://a:1,b:2,c/chat");
        var login = ServerLogin.of(environment, "spring.datasource", "username");

        assertThat(login.server()).isEqualTo("a:1,b:2,c:5432/chat");
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> login.checkUrl(false))
                .withMessageContaining("add targetServerType=primary");
    }

    @Test
    void namesTheKeyThatTheUrlWasFoundAt() {
        var relay = ServerLogin.of(environment, "walcast.relay.database", "username");
        assertThat(relay.problem(new SQLException("no", "08001")).getMessage())
                .endsWith("correct spring.datasource.url");

        environment.setProperty("walcast.relay.database.url", "jdbc:postgresql://another/chat");
        var itself = ServerLogin.of(environment, "walcast.relay.database", "username");
        assertThat(itself.problem(new SQLException("no", "08001")).getMessage())
                .endsWith("correct walcast.relay.database.url");
    }

    @Test
    void takesAnAddressOfIpVersion6ForPostsAndNotForTheEngine() {
        environment.setProperty("spring.datasource.url", "jdbc:postgresql://[::1]:5432/chat");
        var login = ServerLogin.of(environment, "spring.datasource", "username");

        login.checkUrl(false);
        assertThat(login.server()).isEqualTo("[::1]:5432/chat");
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> login.checkUrl(true))
                .withMessageContaining("by the name of the host");
    }

    @ParameterizedTest
    @CsvSource({
        "08001, no PostgreSQL answers at db.example:5433/chat; start it",
        "08004, set spring.datasource.username and spring.datasource.password",
        "28P01, set spring.datasource.username and spring.datasource.password",
        "3D000, there is no database db.example:5433/chat; create it",
        "53300, PostgreSQL at db.example:5433/chat cannot be used (too bad)"
    })
    void tellsWhatToDoAboutAFailedConnection(String state, String sentence) {
        var login = ServerLogin.of(environment, "spring.datasource", "username");

        assertThat(login.problem(new SQLException("too bad", state)))
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("secret");
        assertThat(login.toString()).doesNotContain("secret");
    }
}
