package io.walcast.relay.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.identity.ByteBudget;
import io.walcast.relay.gateway.engineio.MalformedPacketException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PacketDecoderTest {

    private static final int MAX_BYTES = 1_000;

    private final ByteBudget incoming = new ByteBudget(10 * MAX_BYTES);

    private final PacketDecoder decoder = new PacketDecoder(2, MAX_BYTES, incoming, Set.of("/", "/custom")::contains);

    static Stream<Arguments> packets() throws MalformedPacketException {
        return Stream.of(
                Arguments.of("0", new Packet.Connect("/", null)),
                Arguments.of("0{\"a\":1}", new Packet.Connect("/", json("{\"a\":1}"))),
                Arguments.of("0/custom", new Packet.Connect("/custom", null)),
                Arguments.of("0/custom,", new Packet.Connect("/custom", null)),
                Arguments.of("0/custom,{}", new Packet.Connect("/custom", json("{}"))),
                Arguments.of("0/a?b=c,{}", new Packet.Connect("/a?b=c", json("{}"))),
                Arguments.of("1", new Packet.Disconnect("/")),
                Arguments.of("1/custom,", new Packet.Disconnect("/custom")),
                Arguments.of("2[\"e\"]", new Packet.Event("/", "e", List.of(), null)),
                Arguments.of("212[\"e\",1,null]", new Packet.Event("/", "e", List.of(json("1"), json("null")), 12L)),
                Arguments.of(
                        "2/custom,0[\"e\",{\"x\":[]}]",
                        new Packet.Event("/custom", "e", List.of(json("{\"x\":[]}")), 0L)),
                Arguments.of("2[7,\"x\"]", new Packet.Event("/", "7", List.of(json("\"x\"")), null)),
                Arguments.of("2[\"\"]", new Packet.Event("/", "", List.of(), null)),
                Arguments.of("35[]", new Packet.Ack("/", 5, List.of())),
                Arguments.of(
                        "3/custom,999999999999999[1]",
                        new Packet.Ack("/custom", 999999999999999L, List.of(json("1")))));
    }

    @ParameterizedTest
    @MethodSource("packets")
    void decodes(String message, Packet packet) throws Exception {
        assertThat(decoder.text(message)).isEqualTo(packet);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "9[\"e\"]",
                "abc",
                "-1",
                "0[]",
                "0\"x\"",
                "0null",
                "1{}",
                "2",
                "2{}",
                "2[]",
                "2[null]",
                "2[true]",
                "2[[\"e\"]]",
                "2[{}]",
                "2\"e\"",
                "2[\"e\"",
                "2[\"e\"]]",
                "2[\"e\"] 1",
                "2abc[\"e\"]",
                "2-1[\"e\"]",
                "21234567890123456[\"e\"]",
                "2['e']",
                "2[\"e\",NaN]",
                "2[\"connect\"]",
                "2[\"connect_error\"]",
                "2[\"disconnect\"]",
                "2[\"disconnecting\"]",
                "2[\"newListener\"]",
                "2[\"removeListener\"]",
                "3[]",
                "31{}",
                "31",
                "4{\"message\":\"x\"}",
                "5[\"e\"]",
                "50-[\"e\"]",
                "53-[\"e\"]",
                "599999999999-[\"e\"]",
                "51[\"e\"]",
                "5-[\"e\"]",
                "51-",
                "51-x",
                "6-1[]",
            })
    void refuses(String message) {
        assertThatThrownBy(() -> decoder.text(message)).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void refusesDeepJson() throws Exception {
        String deep = "[".repeat(62) + "]".repeat(62);
        assertThat(decoder.text("2[\"e\"," + deep + "]")).isNotNull();
        assertThatThrownBy(() -> decoder.text("2[\"e\"," + "[".repeat(100_000)))
                .isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> decoder.text("2[\"e\"," + "[".repeat(70) + "]".repeat(70) + "]"))
                .isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void refusesALongNamespace() {
        assertThatThrownBy(() -> decoder.text("0/" + "x".repeat(1_000))).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void putsAttachmentsInTheirPlaces() throws Exception {
        assertThat(decoder.text("52-/custom,3[\"e\",{\"a\":[{\"_placeholder\":true,\"num\":1}]},"
                        + "{\"_placeholder\":true,\"num\":0}]"))
                .isNull();
        assertThat(decoder.binary(new byte[] {1})).isNull();
        var event = (Packet.Event) decoder.binary(new byte[] {2, 3});

        assertThat(event.namespace()).isEqualTo("/custom");
        assertThat(event.name()).isEqualTo("e");
        assertThat(event.ackId()).isEqualTo(3L);
        assertThat(event.arguments().get(0).path("a").path(0).binaryValue()).isEqualTo(new byte[] {2, 3});
        assertThat(event.arguments().get(1).binaryValue()).isEqualTo(new byte[] {1});
        assertThat(decoder.text("2[\"next\"]")).isNotNull();
    }

    @Test
    void countsAPacketUntilItIsCompleteOrForgotten() throws Exception {
        decoder.text("52-[\"e\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        decoder.binary(new byte[500]);
        assertThat(incoming.used()).isBetween(500L, 600L);
        decoder.binary(new byte[500]);
        assertThat(incoming.used()).isZero();

        decoder.text("51-[\"e\"]");
        assertThat(incoming.used()).isEqualTo(5);
        decoder.end();
        assertThat(incoming.used()).isZero();
    }

    @Test
    void refusesAttachmentsWhenAllClientsTogetherSendTooMuch() throws Exception {
        decoder.text("52-[\"e\"]");
        assertThat(incoming.take(10 * MAX_BYTES - 200, 0)).isTrue();
        assertThatThrownBy(() -> decoder.binary(new byte[300])).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void refusesVeryManySmallValues() throws Exception {
        assertThat(decoder.text("2[\"e\"" + ",{}".repeat(4_000) + "]")).isNotNull();
        assertThatThrownBy(() -> decoder.text("2[\"e\"" + ",{}".repeat(6_000) + "]"))
                .isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void decodesABinaryAck() throws Exception {
        assertThat(decoder.text("61-7[{\"_placeholder\":true,\"num\":0}]")).isNull();
        var ack = (Packet.Ack) decoder.binary(new byte[] {1});
        assertThat(ack.id()).isEqualTo(7);
        assertThat(ack.arguments().get(0).binaryValue()).isEqualTo(new byte[] {1});
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1", "\"0\"", "0.5", "null", "99999999999"})
    void refusesAPlaceholderWithoutAnAttachment(String number) throws Exception {
        decoder.text("51-[\"e\",{\"_placeholder\":true,\"num\":" + number + "}]");
        assertThatThrownBy(() -> decoder.binary(new byte[] {1})).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void refusesAttachmentsOutOfTurn() throws Exception {
        assertThatThrownBy(() -> decoder.binary(new byte[] {1})).isInstanceOf(MalformedPacketException.class);
        decoder.text("51-[\"e\",{\"_placeholder\":true,\"num\":0}]");
        assertThatThrownBy(() -> decoder.text("2[\"e\"]")).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void refusesTooManyBytesOfAttachments() throws Exception {
        decoder.text("52-[\"e\"]");
        decoder.binary(new byte[MAX_BYTES]);
        assertThatThrownBy(() -> decoder.binary(new byte[1])).isInstanceOf(MalformedPacketException.class);
    }

    private static JsonNode json(String json) throws MalformedPacketException {
        return Json.parse(json);
    }

    @Test
    void keepsNothingForWhoHasNotJoined() {
        assertThatThrownBy(() -> decoder.text("51-/other,[\"e\",{\"_placeholder\":true,\"num\":0}]"))
                .isInstanceOf(MalformedPacketException.class);
    }
}
