package kraken;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.codelibs.opensearch.runner.OpenSearchRunnerException;
import org.opensearch.http.HttpServerTransport;

/**
 * One OpenSearch node for tests, on loopback.
 *
 * <p>Arguments: the directory for its data, the port to listen on (0: any that is free), and {@code keep} or {@code remove}: what to do
 * with the directory at the end. Prints one line, {@code ready PORT}, when it answers. Ends when its standard input ends, so that it never
 * outlives who started it, however that ended.
 */
public final class Node {
    /** So often it waits for its shards, half a minute each. */
    private static final int WAITS = 6;

    private Node() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: Node DIRECTORY PORT keep|remove");
            System.exit(2);
        }
        // Standard output is for the one line; what the libraries print there goes beside.
        PrintStream answers = System.out;
        System.setOut(System.err);
        Thread watch = new Thread(() -> endWithInput(arguments[2].equals("remove") ? Path.of(arguments[0]) : null), "input");
        watch.setDaemon(true);
        watch.start();

        OpenSearchRunner runner = new OpenSearchRunner();
        // The port is ours to choose, or the system's; the runner need not look for one.
        runner.setMaxHttpPort(-1);
        runner.onBuild((number, settings) -> {
            settings.put("discovery.type", "single-node");
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", arguments[1]);
            settings.put("transport.port", "0");
            // A full disk of the machine that tests run on is not what they are about.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
            settings.put("node.processors", "2");
        });
        runner.build(OpenSearchRunner.newConfigs()
            .basePath(Path.of(arguments[0]).toAbsolutePath().toString())
            .clusterName("kraken-tests")
            .numOfNode(1)
            .disableESLogger());
        int port = runner.getNode(0).injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
        awaitShards(runner);
        answers.println("ready " + port);
        answers.flush();
        Thread.currentThread().join();
    }

    /** Waits until what the directory held is there again. On a machine with much else to do that takes longer than the runner waits. */
    private static void awaitShards(OpenSearchRunner runner) {
        for (int tries = 1; ; tries++) {
            try {
                runner.ensureYellow();
                return;
            } catch (OpenSearchRunnerException error) {
                if (tries == WAITS) {
                    throw error;
                }
                System.err.println("its shards are not there yet: " + error.getMessage());
            }
        }
    }

    /** Reads to the end of the input, then stops at once: what was acknowledged is on disk, and the rest is for nobody. */
    private static void endWithInput(Path remove) {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException error) {
            System.err.println("standard input: " + error);
        }
        // The node still runs, and may make a file meanwhile.
        for (int tries = 0; remove != null && Files.exists(remove) && tries < 100; tries++) {
            remove(remove);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void remove(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException error) {
            System.err.println("removing " + directory + ": " + error);
        }
    }
}
