package io.walcast.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.mock.env.MockEnvironment;

class TopologyTest {

    @ParameterizedTest
    @CsvSource({
        "true, rooms, wal, ROOMS",
        "true, kafka, wal, PUBLISHER",
        "true, rooms, kafka, GATEWAY",
        "true, kafka, kafka, PUBLISHER_AND_GATEWAY",
        "false, rooms, wal, NO_RELAY",
        "false, kafka, kafka, NO_RELAY",
    })
    void isWhatTheSettingsSayTogether(String enabled, String sink, String source, Topology topology) {
        var environment = new MockEnvironment()
                .withProperty("walcast.relay.enabled", enabled)
                .withProperty("walcast.relay.sink", sink)
                .withProperty("walcast.gateway.source", source);

        assertThat(Topology.of(environment)).isEqualTo(topology);
    }

    @Test
    void isOneProcessByDefault() {
        assertThat(Topology.of(new MockEnvironment())).isEqualTo(Topology.ROOMS);
    }

    @Test
    void onlyAProcessWithARelayThatPublishesOrDeliversReadsTheWal() {
        assertThat(Topology.values())
                .filteredOn(Topology::readsWal)
                .containsExactly(Topology.ROOMS, Topology.PUBLISHER, Topology.PUBLISHER_AND_GATEWAY);
    }

    @ParameterizedTest
    @CsvSource({
        "walcast.relay.enabled, no, 'set it to true or false'",
        "walcast.relay.sink, wal, 'set it to rooms or kafka'",
        "walcast.gateway.source, rooms, 'set it to wal or kafka'",
    })
    void anUnknownValueEndsTheStartInOneSentence(String key, String value, String advice) {
        var environment = new MockEnvironment().withProperty(key, value);

        assertThatThrownBy(() -> Topology.of(environment))
                .isInstanceOf(StartupException.class)
                .hasMessage(key + " is \"" + value + "\"; " + advice);
    }

    @Test
    void aBeanCanBeOfSomeTopologiesOnly() {
        var runner = new ApplicationContextRunner().withUserConfiguration(Beans.class);

        runner.run(context -> assertThat(context).hasBean("bean"));
        runner.withPropertyValues("walcast.relay.sink=kafka")
                .run(context -> assertThat(context).doesNotHaveBean("bean"));
    }

    static class Beans {

        @Bean
        @ConditionalOnTopology({Topology.ROOMS, Topology.GATEWAY})
        String bean() {
            return "rooms";
        }
    }
}
