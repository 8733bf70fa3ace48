package org.lines4j.hub.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;

/// One question and its answer, with neither redirects nor second attempts. Any thread may use it.
///
/// A server must go on sending: whoever is silent for as long as patience lasts, or sends next to
/// nothing in that time, is given up.
public final class Client {
  /// Bytes a second below which a server is taken for one that stalls.
  private static final long LEAST_PER_SECOND = 1024;

  /// The longest body of what is no file.
  private static final int MOST_OF_A_MESSAGE = 1 << 16;

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final Patience patience;
  private volatile @Nullable HttpClient connections;

  /// Nothing is opened before the first question.
  public Client(Patience patience) {
    this.patience = patience;
  }

  Patience patience() {
    return patience;
  }

  private synchronized HttpClient connections() {
    HttpClient open = connections;
    if (open == null) {
      open =
          HttpClient.newBuilder()
              .version(Version.HTTP_1_1) // ranges in parallel want connections of their own
              .followRedirects(Redirect.NEVER)
              .proxy(Proxies.ofEnvironment())
              .connectTimeout(CONNECT)
              .build();
      connections = open;
    }
    return open;
  }

  /// What is asked.
  ///
  /// @param headers besides the token
  record Question(String method, URI uri, Optional<Bearer> bearer, Map<String, String> headers) {
    private HttpRequest request() {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(uri)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .header("User-Agent", "lines4j")
              .header("Accept-Encoding", "identity");
      headers.forEach(builder::header);
      bearer
          .flatMap(known -> known.headerFor(uri))
          .ifPresent(value -> builder.header("Authorization", value));
      return builder.build();
    }
  }

  /// Asks, and has the body of a good answer received.
  ///
  /// @param bodies who takes the body of an answer; empty where it is a message, which the reply
  ///   then holds
  /// @throws Trouble if the server cannot be reached, breaks off or stalls
  Reply ask(Question question, Function<Reply, Optional<Receiver>> bodies) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    AtomicLong arrived = new AtomicLong();
    CompletableFuture<HttpResponse<Boolean>> answer =
        connections()
            .sendAsync(
                question.request(),
                info ->
                    new Body(
                        bodies.apply(head(question, info)).orElse(bytes -> keep(bytes, message)),
                        arrived));
    HttpResponse<Boolean> response = await(answer, arrived, question.uri());
    return new Reply(
        question.uri(), response.statusCode(), response.headers(), message.toByteArray());
  }

  private static Reply head(Question question, ResponseInfo info) {
    return new Reply(question.uri(), info.statusCode(), info.headers(), new byte[0]);
  }

  private static boolean keep(ByteBuffer bytes, ByteArrayOutputStream message) {
    byte[] piece = new byte[Math.min(bytes.remaining(), MOST_OF_A_MESSAGE - message.size())];
    bytes.get(piece);
    message.writeBytes(piece);
    return message.size() < MOST_OF_A_MESSAGE;
  }

  private <T> T await(CompletableFuture<T> answer, AtomicLong arrived, URI uri) throws IOException {
    long stall = patience.stall().toMillis();
    long least = Math.max(1, LEAST_PER_SECOND * stall / 1000);
    for (long before = 0; ; before = arrived.get()) {
      try {
        return answer.get(stall, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (arrived.get() - before < least) {
          answer.cancel(true);
          throw new Trouble(
              "%s sent %s in %.1f s"
                  .formatted(
                      host(uri),
                      arrived.get() == before ? "nothing" : arrived.get() - before + " bytes",
                      stall / 1000.0));
        }
      } catch (InterruptedException e) {
        answer.cancel(true);
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + host(uri), e);
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause(), uri);
      }
    }
  }

  /// What a receiver refuses is its own exception; all else is the connection's.
  private static IOException failure(Throwable cause, URI uri) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof Refused refused) {
        return refused;
      }
      if (at instanceof RequestException wrong) {
        throw wrong; // what is said of a proxy
      }
      if (at instanceof UnresolvedAddressException || at instanceof UnknownHostException) {
        return new IOException(
            "cannot find the server %s: is there a network?".formatted(host(uri)), cause);
      }
    }
    if (cause instanceof ConnectException) {
      return new Trouble(
          "cannot connect to " + host(uri) + Proxies.ofEnvironment().inWords(uri), cause);
    }
    String words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new Trouble("%s broke off: %s".formatted(host(uri), words), cause);
  }

  static String host(URI uri) {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }
}
