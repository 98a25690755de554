package io.walcast.acceptance.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every link between documents, and every mention of one in the code, leads to a file and a heading that there are. */
class LinksTest {

    private static final Path README = Path.of("README.md");

    /** The target of a link, with its anchor. */
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]*)(?:#([^)\\s]*))?\\)");

    private static final Pattern MENTION =
            Pattern.compile("((?:docs/)?(?:decisions/)?[A-Za-z-]+\\.md)(?:#([a-z0-9-]+))?");

    private static final Pattern EXTERNAL = Pattern.compile("[a-z]+:.*");

    private static final String[] CODE = {
        ".java", ".html", ".js", ".mjs", ".yaml", ".yml", ".properties", ".sql", ".xml", "run", "Dockerfile"
    };

    private record Link(Path from, Path to, String anchor) {

        boolean isBroken() {
            if (!Files.exists(Documents.ROOT.resolve(to))) {
                return true;
            }
            return !anchor.isEmpty()
                    && to.toString().endsWith(".md")
                    && !Documents.anchors(to).contains(anchor);
        }
    }

    @Test
    void everyLinkOfADocumentLeadsSomewhere() {
        List<Path> documents = Documents.with(".md");
        assertThat(documents).hasSizeGreaterThan(10);
        assertThat(documents.stream().flatMap(document -> links(document).stream()))
                .hasSizeGreaterThan(100)
                .noneMatch(Link::isBroken);
    }

    @Test
    void everyDocumentIsReachedFromTheReadme() {
        Set<Path> reached = new TreeSet<>(Set.of(README));
        var toRead = new ArrayDeque<>(reached);
        while (!toRead.isEmpty()) {
            for (Link link : links(toRead.remove())) {
                if (link.to().toString().endsWith(".md") && reached.add(link.to())) {
                    toRead.add(link.to());
                }
            }
        }
        assertThat(reached).containsAll(Documents.with(".md"));
    }

    @Test
    void everyMentionInTheCodeLeadsSomewhere() {
        Set<String> names = Documents.with(".md").stream()
                .map(document -> document.getFileName().toString())
                .collect(Collectors.toSet());
        List<Link> mentions = new ArrayList<>();
        for (Path file : Documents.with(CODE)) {
            MENTION.matcher(Documents.text(file))
                    .results()
                    .filter(mention -> !file.endsWith("LinksTest.java"))
                    .filter(mention -> mention.group(1).contains("/") || isDocument(mention.group(1), names))
                    .forEach(mention -> mentions.add(new Link(file, Path.of(mention.group(1)), anchor(mention))));
        }
        assertThat(mentions).hasSizeGreaterThan(10).noneMatch(Link::isBroken);
    }

    /** Names in capitals are documents' names, whether there is such a document or not. */
    private static boolean isDocument(String name, Set<String> names) {
        return names.contains(name) || name.matches("[A-Z]{4,}\\.md");
    }

    private static List<Link> links(Path document) {
        return LINK.matcher(Documents.prose(document))
                .results()
                .filter(link -> !EXTERNAL.matcher(link.group(1)).matches())
                .map(link -> new Link(document, target(document, link.group(1)), anchor(link)))
                .toList();
    }

    private static Path target(Path document, String link) {
        return link.isEmpty() ? document : document.resolveSibling(link).normalize();
    }

    private static String anchor(MatchResult link) {
        return link.group(2) == null ? "" : link.group(2);
    }
}
