/**
 * The log of a conversation as a client folds it into a state, and the tables that the state has to agree with.
 *
 * <p>{@link io.walcast.acceptance.log.ConversationState} is the fold; it knows events and nothing of how they came.
 */
@NullMarked
package io.walcast.acceptance.log;

import org.jspecify.annotations.NullMarked;
