/** What all of the REST API has in common: its OpenAPI description, and its JSON conventions. */
@NullMarked
package io.walcast.app.api;

import org.jspecify.annotations.NullMarked;
