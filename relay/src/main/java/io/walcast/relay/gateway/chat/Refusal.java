package io.walcast.relay.gateway.chat;

/** A request that is answered with an error; the message is for the people who write the client. */
public final class Refusal extends Exception {

    private final ErrorCode code;
    private final String explanation;

    public Refusal(ErrorCode code, String explanation) {
        super(explanation, null, false, false);
        this.code = code;
        this.explanation = explanation;
    }

    public ErrorCode code() {
        return code;
    }

    /** The answer: <code>{"ok":false,"error":{"code","message"}}</code>. */
    public String answer() {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeBooleanProperty("ok", false);
            json.writeObjectPropertyStart("error");
            json.writeStringProperty("code", code.code());
            json.writeStringProperty("message", explanation);
            json.writeEndObject();
            json.writeEndObject();
        });
    }
}
