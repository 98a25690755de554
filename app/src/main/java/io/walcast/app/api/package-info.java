/** The common parts of the REST API: its OpenAPI description, and its JSON conventions. */
@NullMarked
package io.walcast.app.api;

import org.jspecify.annotations.NullMarked;
