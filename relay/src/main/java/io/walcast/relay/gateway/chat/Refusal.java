package io.walcast.relay.gateway.chat;

import io.walcast.identity.UnidentifiedException;

/** A request that is answered with an error; the message is for the people who write the client. */
public final class Refusal extends Exception {

    private final ErrorCode code;
    private final String explanation;

    public Refusal(ErrorCode code, String explanation) {
        super(explanation, null, false, false);
        this.code = code;
        this.explanation = explanation;
    }

    /** The token of a connection has come to its end. */
    public static Refusal expired() {
        return new Refusal(ErrorCode.TOKEN_EXPIRED, "The token has expired: connect again with a new one.");
    }

    /** Someone could not be identified. */
    static Refusal of(UnidentifiedException problem) {
        ErrorCode code = switch (problem.reason()) {
            case UNKNOWN -> ErrorCode.UNAUTHORIZED;
            case EXPIRED -> ErrorCode.TOKEN_EXPIRED;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
        };
        return new Refusal(code, problem.explanation());
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
