package io.walcast.relay;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.boot.web.server.Ssl;

/** A certificate for a server of the name localhost, and a client that trusts it. Made by the JDK's own tool. */
public record SelfSigned(Path keyStore) {

    private static final String ALIAS = "server";
    private static final String PASSWORD = "not-a-secret";

    public static SelfSigned create(Path directory) throws IOException, InterruptedException {
        Path keyStore = directory.resolve("server.p12");
        Path log = directory.resolve("keytool.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-keystore",
                        keyStore.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(log));
        }
        return new SelfSigned(keyStore);
    }

    /** For a server of Spring Boot. */
    public Ssl settings() {
        var ssl = new Ssl();
        ssl.setKeyStore(keyStore.toUri().toString());
        ssl.setKeyStorePassword(PASSWORD);
        return ssl;
    }

    public Socket connect(int port) throws IOException, GeneralSecurityException {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(open());
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory().createSocket("127.0.0.1", port);
    }

    public Certificate certificate() throws IOException, GeneralSecurityException {
        return open().getCertificate(ALIAS);
    }

    public Key key() throws IOException, GeneralSecurityException {
        return open().getKey(ALIAS, PASSWORD.toCharArray());
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(keyStore.toFile(), PASSWORD.toCharArray());
    }
}
