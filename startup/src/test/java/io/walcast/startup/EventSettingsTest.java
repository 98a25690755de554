package io.walcast.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.startup.EventSettings.Named;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class EventSettingsTest {

    @Test
    void aTopicMayHaveDots() {
        var source =
                new MapConfigurationPropertySource(Map.of("walcast.events[order.placed].event", "shop.order_placed"));
        assertThat(new Binder(source)
                        .bindOrCreate("walcast", EventSettings.class)
                        .names())
                .containsExactly(Map.entry("order.placed", "shop.order_placed"));
    }

    @Test
    void thereNeedBeNone() {
        assertThat(new Binder().bindOrCreate("walcast", EventSettings.class).names())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "messaging.message_created, order.placed, topics that begin with messaging.",
        "walcast.room_closed, order.placed, topics that begin with messaging. or walcast.",
        "orders, typing, two or more words",
        "orders, Order.Placed, two or more words",
        "orders, , two or more words",
        "orders, message.created, names that begin with message.",
        "orders, feed.closed, names that begin with feed.",
    })
    void anEventThatCouldBeTakenForOneOfAChatIsRefused(String topic, String event, String reason) {
        assertThatThrownBy(() -> new EventSettings(Map.of(topic, new Named(event))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
