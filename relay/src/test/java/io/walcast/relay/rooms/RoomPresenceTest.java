package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Users with their connections, and the subscriptions that are told of changes. */
class RoomPresenceTest {

    private final List<Subscription> subscriptions = new ArrayList<>();
    private final UUID id = UUID.randomUUID();
    private final RoomPresence presence = new RoomPresence(id, subscriptions, new RoomSettings(3, 2));
    private final Ear ada = new Ear("ada");

    @Test
    void aUserIsPresentFromItsFirstConnectionToItsLast() {
        enter(ada).watching = true;
        Subscription first = enter(new Ear("grace"));
        Subscription second = enter(new Ear("grace"));
        presence.add(second);
        assertThat(ada.notices).hasSize(1).last().asString().contains("\"present\":true");

        leave(first);
        presence.remove(first);
        assertThat(ada.notices).hasSize(1);
        leave(second);
        assertThat(ada.notices).hasSize(2).last().asString().contains("\"present\":false");
    }

    @Test
    void aConnectionThatJoinsAgainHasNotBeenAway() {
        enter(ada).watching = true;
        Subscription before = enter(new Ear("grace"));
        before.watching = true;
        var after = new Subscription(before.subscriber);
        presence.replace(before, after);
        presence.remove(before);
        presence.add(after);

        assertThat(after.watching).isTrue();
        assertThat(ada.notices).hasSize(1);
        assertThat(presence.list()).isEqualTo(new PresenceList(List.of("ada", "grace"), 0));
    }

    @Test
    void volatileEventsGoToTheOthersThatAreLive() {
        Ear grace = new Ear("grace");
        Ear eve = new Ear("eve");
        enter(ada).live = true;
        enter(grace).live = true;
        enter(eve);
        presence.sendVolatile(ada, RoomEvent.typing(id, "ada", true));

        assertThat(grace.notices).hasSize(1);
        assertThat(eve.notices).isEmpty();
        assertThat(ada.notices).isEmpty();
    }

    @Test
    void inALargeRoomNobodyIsToldOfChangesAndAnswersNameSomeUsers() {
        enter(ada).watching = true;
        for (String user : List.of("a", "b", "c")) {
            enter(new Ear(user));
        }
        assertThat(ada.notices).as("up to three connections").hasSize(2);
        assertThat(presence.list()).isEqualTo(new PresenceList(List.of("ada", "a"), 2));
    }

    private Subscription enter(Ear ear) {
        var subscription = new Subscription(ear);
        subscriptions.add(subscription);
        presence.add(subscription);
        return subscription;
    }

    private void leave(Subscription subscription) {
        subscriptions.remove(subscription);
        presence.remove(subscription);
    }
}
