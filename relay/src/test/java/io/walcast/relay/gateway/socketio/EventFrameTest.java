package io.walcast.relay.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.gateway.websocket.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.JsonNodeFactory;

class EventFrameTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @Test
    void isEncodedOnce() {
        EventFrame event = EventFrame.of("e", "{\"a\":1}");
        List<Frame> frames = event.frames("/", null, null);
        assertThat(texts(frames)).containsExactly("42[\"e\",{\"a\":1}]");
        assertThat(event.frames("/", null, null)).isSameAs(frames);
    }

    @Test
    void escapesTheName() {
        assertThat(texts(EventFrame.of("a\"b\n", "1").frames("/", null, null))).containsExactly("42[\"a\\\"b\\n\",1]");
    }

    @Test
    void carriesNamespaceAckIdAndOffset() {
        EventFrame event = EventFrame.of("e", "1");
        assertThat(texts(event.frames("/custom", null, null))).containsExactly("42/custom,[\"e\",1]");
        assertThat(texts(event.frames("/", 12L, null))).containsExactly("4212[\"e\",1]");
        assertThat(texts(event.frames("/", null, "o\"1"))).containsExactly("42[\"e\",1,\"o\\\"1\"]");
        assertThat(texts(event.frames("/custom", 0L, "o"))).containsExactly("42/custom,0[\"e\",1,\"o\"]");
    }

    @Test
    void sendsBinaryValuesApart() {
        JsonNode argument = NODES.objectNode().set("a", BinaryNode.valueOf(new byte[] {1}));
        List<Frame> frames = EventFrame.of("e", List.of(argument, BinaryNode.valueOf(new byte[] {2, 3})))
                .frames("/custom", 5L, null);
        assertThat(texts(frames.subList(0, 1)))
                .containsExactly("452-/custom,5[\"e\",{\"a\":{\"_placeholder\":true,\"num\":0}},"
                        + "{\"_placeholder\":true,\"num\":1}]");
        assertThat(frames.get(1).content()).containsExactly(1);
        assertThat(frames.get(2).content()).containsExactly(2, 3);
    }

    @Test
    void encodesAcknowledgements() {
        assertThat(texts(EventFrame.ack("/", 3, "{\"ok\":true}"))).containsExactly("433[{\"ok\":true}]");
        assertThat(texts(EventFrame.ack("/custom", 3, List.of(NODES.numberNode(1), NODES.stringNode("x")))))
                .containsExactly("43/custom,3[1,\"x\"]");
        List<Frame> binary = EventFrame.ack("/", 3, List.of(BinaryNode.valueOf(new byte[] {1})));
        assertThat(texts(binary.subList(0, 1))).containsExactly("461-3[{\"_placeholder\":true,\"num\":0}]");
        assertThat(binary).hasSize(2);
    }

    private static List<String> texts(List<Frame> frames) {
        return frames.stream().map(Frame::text).toList();
    }
}
