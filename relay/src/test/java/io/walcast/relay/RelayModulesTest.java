package io.walcast.relay;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.originOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.debezium.embedded.Connect;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/** The module graph of the relay: who may know whom. */
class RelayModulesTest {

    private static final JavaClasses RELAY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.walcast.relay");

    private static final String[] WIRES = {
        "..gateway.engineio..", "..gateway.socketio..", "..gateway.socketiochat..", "..gateway.json.."
    };

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.walcast.relay.(**)").should().beFreeOfCycles().check(RELAY);
    }

    @Test
    void theRelayKnowsNothingOfTheApp() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.walcast.app..")
                .check(RELAY);
    }

    @Test
    void roomsKnowNothingOfTheOutbox() {
        mustNotKnow("..rooms..", "..wal..", "..delivery..", "..gateway..", "..ops..");
    }

    @Test
    void theWalKnowsNothingOfWhatBecomesOfItsRows() {
        mustNotKnow("..wal..", "..rooms..", "..delivery..", "..gateway..", "..ops..");
    }

    @Test
    void deliveryKnowsNothingOfSockets() {
        mustNotKnow("..delivery..", "..gateway..", "..ops..");
    }

    @Test
    void onlyTheWalKnowsTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..wal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..")
                .check(RELAY);
    }

    @Test
    void theEngineIsKnownByItsPublicInterfaceOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..")
                        .and(not(resideInAnyPackage(
                                "io.debezium.engine..",
                                "org.apache.kafka.connect.data..",
                                "org.apache.kafka.connect.source..")))
                        .and(not(type(Connect.class))))
                .check(RELAY);
    }

    @Test
    void onlyTheWebSocketLayerKnowsTheContainer() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..gateway.websocket..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.catalina..", "org.apache.coyote..", "org.apache.tomcat..", "jakarta.websocket..")
                .check(RELAY);
    }

    @Test
    void everyWebSocketIsOpenedBySpring() {
        noClasses()
                .should()
                .beAnnotatedWith(ServerEndpoint.class)
                .orShould()
                .callMethodWhere(calls(ServerContainer.class, "addEndpoint", "upgradeHttpToWebSocket"))
                .orShould()
                .callMethodWhere(calls(HttpServletRequest.class, "upgrade")
                        .and(not(originOwner(assignableTo(RequestUpgradeStrategy.class)))))
                .because("an endpoint beside Spring's has none of its interceptors: it asks nobody for an origin")
                .check(RELAY);
    }

    @Test
    void protocolsKnowNothingOfTheChat() {
        mustNotKnow("..gateway.websocket..", "..gateway.engineio..", "..gateway.socketio..");
        mustNotKnow("..gateway.engineio..", "..gateway.socketio..", "tools.jackson..");
        for (String protocol : List.of("..gateway.websocket..", "..gateway.engineio..", "..gateway.socketio..")) {
            mustNotKnow(protocol, "..rooms..", "..delivery..", "..wal..", "..gateway.chat..");
            mustNotKnow(protocol, "..gateway.json..", "..gateway.socketiochat..");
        }
    }

    @Test
    void theChatKnowsNoWire() {
        mustNotKnow("..gateway.chat..", "..gateway.websocket..", "..gateway.formats..");
        mustNotKnow("..gateway.chat..", WIRES);
    }

    @Test
    void wireFormatsAreAskedThroughOneInterface() {
        mustNotKnow("..gateway.formats..", "..rooms..", "..gateway.chat..");
        mustNotKnow("..gateway.formats..", WIRES);
        mustNotKnow("io.walcast.relay.gateway", WIRES);
        mustNotKnow("..ops..", WIRES);
    }

    private static DescribedPredicate<JavaMethodCall> calls(Class<?> owner, String... methods) {
        return DescribedPredicate.describe(
                "target is " + owner.getSimpleName() + "." + String.join(" or ", methods),
                call -> call.getTargetOwner().isAssignableTo(owner)
                        && List.of(methods).contains(call.getName()));
    }

    private static void mustNotKnow(String who, String... whom) {
        noClasses()
                .that()
                .resideInAPackage(who)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(whom)
                .allowEmptyShould(true)
                .check(RELAY);
    }
}
