package io.walcast.app;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** docs/CONFIGURATION.md has every key of every settings record, with its default, and no key that there is not. */
class ConfigurationPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/CONFIGURATION.md");

    /** The cells of a key, or of some that share their beginning, and of the default. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*`) \\| ?([^|]*?) ?\\|");

    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    private final Map<String, String> listed = listed();

    @Test
    void everyKeyOfTheSettingsIsListedWithItsDefault() throws ReflectiveOperationException {
        Map<String, @Nullable DefaultValue> keys = keysOfSettings();
        assertThat(keys).hasSizeGreaterThan(70);
        assertThat(listed).containsKeys(keys.keySet().toArray(String[]::new));
        keys.forEach((key, value) -> assertThat(listed.get(key)).as(key).satisfies(cell -> {
            if (value == null) {
                assertThat(cell).isEmpty();
            } else if (value.value().length == 1) {
                assertThat(cell).startsWith("`" + value.value()[0] + "`");
            } else {
                // Origins, of which the page says once that they have both schemes and any port.
                for (String origin : value.value()) {
                    assertThat(cell).contains("`" + origin.replaceAll("^https?://|:\\*$", "") + "`");
                }
            }
        }));
    }

    @Test
    void everyListedKeyOfOursIsOneThatIsRead() throws ReflectiveOperationException {
        var settings = keysOfSettings();
        String sources = sources();
        assertThat(listed.keySet())
                .filteredOn(key -> key.startsWith("walcast."))
                .hasSizeGreaterThan(70)
                .allMatch(key -> settings.containsKey(key)
                        // Read by its name, or by the name that it shares with others and its last part.
                        || sources.contains('"' + key + '"')
                        || sources.contains('"' + key.replaceFirst("[^.]*$", "") + '"'));
    }

    @Test
    void everyListedDefaultOfOtherKeysIsTheOneThatIsSet() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        for (String file : List.of("walcast.yaml", "application.yaml")) {
            for (PropertySource<?> source : new YamlPropertySourceLoader()
                    .load(file, new ClassPathResource(file, getClass().getClassLoader()))) {
                listed.keySet().stream()
                        .filter(source::containsProperty)
                        .forEach(key -> defaults.put(key, String.valueOf(source.getProperty(key))));
            }
        }
        assertThat(defaults).containsKeys("server.port", "spring.datasource.hikari.maximum-pool-size");
        defaults.forEach((key, value) -> {
            if (!value.startsWith("${")) {
                assertThat(listed.get(key)).as(key).startsWith("`" + value + "`");
            }
        });
    }

    private static Map<String, String> listed() {
        Map<String, String> rows = new LinkedHashMap<>();
        ROW.matcher(read(PAGE)).results().forEach(row -> {
            String first = "";
            for (var code : CODE.matcher(row.group(1)).results().toList()) {
                String key = code.group(1);
                if (key.startsWith(".")) {
                    key = first.replaceFirst("\\.[^.]*$", "") + key;
                } else {
                    first = key;
                }
                assertThat(rows.put(key, row.group(2)))
                        .as(key + " is listed once")
                        .isNull();
            }
        });
        return rows;
    }

    private static Map<String, @Nullable DefaultValue> keysOfSettings() throws ReflectiveOperationException {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        Map<String, @Nullable DefaultValue> keys = new TreeMap<>();
        for (var candidate : scanner.findCandidateComponents("io.walcast")) {
            Class<?> settings = Class.forName(candidate.getBeanClassName());
            assertThat(settings.isRecord()).as(settings + " is a record").isTrue();
            addKeys(keys, settings.getAnnotation(ConfigurationProperties.class).value(), settings);
        }
        return keys;
    }

    /** A default is an annotation of the constructor's parameter, which has a component's name and place. */
    private static void addKeys(Map<String, @Nullable DefaultValue> keys, String prefix, Class<?> settings)
            throws NoSuchMethodException {
        RecordComponent[] components = settings.getRecordComponents();
        Parameter[] parameters = settings.getDeclaredConstructor(
                        Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                .getParameters();
        for (int i = 0; i < components.length; i++) {
            String key = prefix + "." + DataObjectPropertyName.toDashedForm(components[i].getName());
            if (components[i].getType().isRecord()) {
                addKeys(keys, key, components[i].getType());
            } else {
                keys.put(key, parameters[i].getAnnotation(DefaultValue.class));
            }
        }
    }

    private static String sources() {
        List<Path> files = new ArrayList<>();
        for (String module : List.of("app", "db", "identity", "relay", "startup")) {
            try (Stream<Path> tree = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                tree.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files.stream().map(ConfigurationPageTest::read).collect(joining("\n"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
