package io.walcast.relay.rooms;

import java.util.List;

/**
 * The users in a room of this process.
 *
 * @param users some of them, each once
 * @param more the number of the others
 */
public record PresenceList(List<String> users, int more) {}
