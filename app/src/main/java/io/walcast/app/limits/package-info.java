/**
 * The limits of the REST API: the write rate of each user, the memory of all requests, the connections of one
 * conversation.
 */
@NullMarked
package io.walcast.app.limits;

import org.jspecify.annotations.NullMarked;
