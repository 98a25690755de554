package io.walcast.app.problems;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.walcast.identity.ServerPaths;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the catalogue, so that the {@code type} of a problem leads to its explanation. */
@RestController
@RequestMapping(path = ProblemCatalogue.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Problems", description = "The meaning of each code, and the step that a client should take")
@SecurityRequirements
class ProblemCatalogue {

    static final String PATH = ServerPaths.PROBLEMS;

    record Entry(String code, int status, String title, String advice) {

        private Entry(ProblemType type) {
            this(type.code(), type.status().value(), type.title(), type.advice());
        }
    }

    @GetMapping
    @Operation(summary = "All problems")
    List<Entry> all() {
        return Arrays.stream(ProblemType.values()).map(Entry::new).toList();
    }

    @GetMapping("/{code}")
    @Operation(summary = "One problem")
    @MayAnswer(ProblemType.NOT_FOUND)
    Entry one(@PathVariable String code) {
        return all().stream()
                .filter(entry -> entry.code().equals(code))
                .findAny()
                .orElseThrow(() -> new ProblemException(ProblemType.NOT_FOUND, "There is no problem of this code."));
    }
}
