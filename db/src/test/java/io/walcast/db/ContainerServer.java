package io.walcast.db;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A PostgreSQL in a container, of the image that {@code -Dwalcast.test.image} names. It ends with the JVM. */
final class ContainerServer implements SharedServer {

    private static final String SUPERUSER = "postgres";

    private final PostgreSQLContainer container;

    private ContainerServer(PostgreSQLContainer container) {
        this.container = container;
    }

    /** Starts a new server; the settings are PostgreSQL's own. */
    @SuppressWarnings("resource") // as long as the JVM
    static ContainerServer start(Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of("postgres", "-c", "wal_level=logical"));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        var image = DockerImageName.parse(System.getProperty("walcast.test.image", "postgres:18"));
        var container = new PostgreSQLContainer(image.asCompatibleSubstituteFor("postgres"))
                .withUsername(SUPERUSER)
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
                // Nobody is asked for a password: for this machine only.
                .withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
                        .withPortBindings(new PortBinding(Binding.bindIp("127.0.0.1"), new ExposedPort(5432))))
                .withCommand(command.toArray(String[]::new));
        container.start();
        var server = new ContainerServer(container);
        JdbcClient.create(server.superuserOf(SUPERUSER))
                .sql("create role walcast_app login; create role walcast_relay login replication")
                .update();
        return server;
    }

    @Override
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(container.getMappedPort(5432), database);
    }

    @Override
    public String superuser() {
        return SUPERUSER;
    }

    @Override
    public DataSource superuserOf(String database) {
        var source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(SUPERUSER);
        return source;
    }
}
