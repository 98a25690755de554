/** What all wire formats have in common for those that neither read nor write them. Knows none of them. */
@NullMarked
package io.walcast.relay.gateway.formats;

import org.jspecify.annotations.NullMarked;
