/** What the REST API is as a whole: its description, and the form of its JSON. */
@NullMarked
package io.walcast.app.api;

import org.jspecify.annotations.NullMarked;
