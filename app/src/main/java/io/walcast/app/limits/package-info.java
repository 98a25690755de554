/** How much one user may ask of REST, and how much of the database one conversation may hold. */
@NullMarked
package io.walcast.app.limits;

import org.jspecify.annotations.NullMarked;
