package io.walcast.app.messages;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message that its sender has posted with a key, as it is now.
 *
 * @param postedDigest SHA-256 of the content that was posted, if an edit has replaced that
 */
record Earlier(Message message, byte @Nullable [] postedDigest) {

    /**
     * Whether this post would have created the message. The content of a deleted message is not kept, so its key is
     * enough.
     */
    boolean isOf(NewMessage post) {
        return message.conversationId().equals(post.conversationId())
                && message.type().name().equals(post.type().name())
                && Objects.equals(message.parentId(), post.parentId())
                && (message.deletedAt() != null || hadContent(post.content()));
    }

    private boolean hadContent(@Nullable String content) {
        return postedDigest == null
                ? Objects.equals(message.content(), content)
                : MessageDigest.isEqual(postedDigest, digest(content == null ? "" : content));
    }

    private static byte[] digest(String content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
