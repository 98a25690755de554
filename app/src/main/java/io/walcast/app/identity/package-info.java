/**
 * Who the caller is, for REST. Nothing outside this package knows how a request says it: handlers take a {@link
 * io.walcast.identity.UserId} parameter and get a well-formed one, or are not called at all.
 */
@NullMarked
package io.walcast.app.identity;

import org.jspecify.annotations.NullMarked;
