/**
 * Authentication and CORS of the REST API. Request handlers take the caller as a {@link io.walcast.identity.UserId}
 * parameter, which is always well-formed. A handler is not called for a request without one.
 */
@NullMarked
package io.walcast.app.identity;

import org.jspecify.annotations.NullMarked;
