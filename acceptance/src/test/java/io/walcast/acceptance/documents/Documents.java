package io.walcast.acceptance.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The project's own files, as they are in its directory. */
final class Documents {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS =
            Set.of("target", "node_modules", ".git", ".walcast", ".idea", ".vscode");
    private static final Pattern FENCED = Pattern.compile("(?ms)^\\s*```.*?^\\s*```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private Documents() {}

    /** The files with one of these endings, each as a path below the project's directory. */
    static List<Path> with(String... endings) {
        Set<Path> found = new TreeSet<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean ours = directory.equals(ROOT)
                            || !NOT_OURS.contains(directory.getFileName().toString());
                    return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    for (String ending : endings) {
                        if (file.toString().endsWith(ending)) {
                            found.add(ROOT.relativize(file));
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(found);
    }

    static String text(Path file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document without the blocks of code, in which nothing is a link or a heading. */
    static String prose(Path document) {
        return FENCED.matcher(text(document)).replaceAll("");
    }

    /** The anchors of the document's headings, as GitHub makes them. */
    static Set<String> anchors(Path document) {
        return HEADING.matcher(prose(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
