/** Puts the gateway together: both wire formats over one transport and one chat core. */
@NullMarked
package io.walcast.relay.gateway;

import org.jspecify.annotations.NullMarked;
