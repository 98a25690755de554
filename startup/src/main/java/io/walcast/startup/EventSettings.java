package io.walcast.startup;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * The events of other services: outbox topics beside those of chats, which clients get as well. Every process of a
 * deployment needs the same settings.
 *
 * @param events by topic; in a file of properties {@code walcast.events[order.placed].event=order.placed}
 */
@Validated
@ConfigurationProperties("walcast")
public record EventSettings(@DefaultValue Map<String, Named> events) {

    /** Topics of chats, of canaries, and of notices from relays to gateways. */
    private static final Pattern RESERVED_TOPIC = Pattern.compile("(messaging|walcast)\\..*");

    /** Two words at least, so that no name clashes with those of Socket.IO or of a connection's own events. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+");

    private static final Pattern RESERVED_NAME =
            Pattern.compile("(auth|conversation|feed|log|member|message|reactions|rooms|walcast)\\..*");

    private static final int LONGEST = 100;

    /**
     * An event of another service.
     *
     * @param event the name under which clients get it
     */
    public record Named(@Nullable String event) {}

    public EventSettings {
        events.forEach((topic, named) -> {
            String key = "events[" + topic + "]";
            String name = named.event();
            Assert.isTrue(
                    !RESERVED_TOPIC.matcher(topic).matches(),
                    key + ": topics that begin with messaging. or walcast. are Walcast's own");
            Assert.isTrue(
                    name != null
                            && name.length() <= LONGEST
                            && NAME.matcher(name).matches(),
                    key
                            + ".event must be two or more words of lower-case letters, digits and _ with dots in between, at most "
                            + LONGEST + " characters, such as order.placed");
            Assert.isTrue(
                    !RESERVED_NAME.matcher(name).matches(),
                    key + ".event: names that begin with " + name.substring(0, name.indexOf('.') + 1)
                            + " are Walcast's own");
        });
    }

    /** The names under which clients get events, by topic. */
    public Map<String, String> names() {
        return events.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        named -> String.valueOf(named.getValue().event())));
    }
}
