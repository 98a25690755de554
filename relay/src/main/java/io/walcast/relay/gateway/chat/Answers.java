package io.walcast.relay.gateway.chat;

import io.walcast.relay.feed.FeedResult;
import io.walcast.relay.rooms.JoinResult;
import io.walcast.relay.rooms.JoinResult.HistoryChanged;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.NotFound;
import io.walcast.relay.rooms.JoinResult.Superseded;
import io.walcast.relay.rooms.JoinResult.Unavailable;
import io.walcast.relay.rooms.PresenceList;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** What clients are told, as JSON. */
final class Answers {

    static final String OK = "{\"ok\":true}";

    /** Chars of user ids that an answer names: with a few more the client's queue could not take it. */
    private static final int LONGEST_PRESENT = 8 * 1024;

    private Answers() {}

    static String conversation(UUID conversationId) {
        return "{\"conversationId\":\"" + conversationId + "\"}";
    }

    static String left(UUID conversationId) {
        return "{\"ok\":true,\"conversationId\":\"" + conversationId + "\"}";
    }

    static String position(UUID conversationId, long after, long pos) {
        return "{\"conversationId\":\"" + conversationId + "\",\"after\":" + after + ",\"pos\":" + pos + "}";
    }

    static String renewed(Instant until) {
        return "{\"ok\":true,\"expiresAt\":\"" + until.truncatedTo(ChronoUnit.SECONDS) + "\"}";
    }

    static String renewal(Instant until) {
        return "{\"expiresAt\":\"" + until.truncatedTo(ChronoUnit.SECONDS) + "\"}";
    }

    static String present(UUID conversationId, PresenceList present) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeBooleanProperty("ok", true);
            json.writeStringProperty("conversationId", conversationId.toString());
            json.writeArrayPropertyStart("users");
            int more = present.more();
            int length = 0;
            for (String user : present.users()) {
                length += user.length();
                if (length > LONGEST_PRESENT) {
                    more++;
                } else {
                    json.writeString(user);
                }
            }
            json.writeEndArray();
            if (more > 0) {
                json.writeNumberProperty("more", more);
            }
            json.writeEndObject();
        });
    }

    static void feed(FeedResult result, Answer answer) {
        if (result instanceof FeedResult.Opened opened) {
            answer.send("{\"ok\":true,\"cursor\":\"" + opened.cursor() + "\"}");
        } else if (result instanceof FeedResult.Malformed) {
            answer.refuse(new Refusal(
                    ErrorCode.BAD_REQUEST, "A cursor is the one of the last feed.cursor: open the feed without it."));
        } else if (result instanceof FeedResult.HistoryChanged) {
            answer.refuse(new Refusal(
                    ErrorCode.HISTORY_CHANGED,
                    "The cursor is of another history: forget the conversations and open the feed without it."));
        } else if (result instanceof FeedResult.LimitExceeded) {
            answer.refuse(new Refusal(
                    ErrorCode.LIMIT_EXCEEDED, "This server follows too many conversations: try again later."));
        } else if (result instanceof FeedResult.Unavailable) {
            answer.refuse(
                    new Refusal(ErrorCode.UNAVAILABLE, "The conversations cannot be read now: try again in a second."));
        } else if (result instanceof FeedResult.Superseded) {
            answer.refuse(new Refusal(
                    ErrorCode.UNAVAILABLE, "You opened the feed again before this request could be carried out."));
        }
    }

    static void join(JoinResult result, Answer answer) {
        if (result instanceof Joined joined) {
            answer.send(Json.write(json -> {
                json.writeStartObject();
                json.writeBooleanProperty("ok", true);
                json.writeStringProperty(
                        "conversationId", joined.conversationId().toString());
                json.writeNumberProperty("lastSeq", joined.lastSeq());
                json.writeNumberProperty("lastPos", joined.lastPos());
                json.writeStringProperty("epoch", joined.epoch());
                json.writeEndObject();
            }));
        } else if (result instanceof NotFound) {
            answer.refuse(new Refusal(ErrorCode.NOT_FOUND, "No such conversation, or you are not a member."));
        } else if (result instanceof HistoryChanged) {
            answer.refuse(
                    new Refusal(
                            ErrorCode.HISTORY_CHANGED,
                            "Your position is not in this conversation's history: load it again and join without after and pos."));
        } else if (result instanceof Unavailable) {
            answer.refuse(
                    new Refusal(ErrorCode.UNAVAILABLE, "The conversation cannot be read now: try again in a second."));
        } else if (result instanceof Superseded) {
            answer.refuse(new Refusal(
                    ErrorCode.UNAVAILABLE, "You left, or joined again, before this join could be carried out."));
        }
    }
}
