package org.lines4j.hub.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;

/// Which server is asked through which proxy, by the variables that most programs know:
/// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or not. A system property
/// of the same name wins. Where they say nothing, Java's own settings do. This machine is never
/// asked through a proxy.
final class Proxies extends ProxySelector {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:[Hh][Tt][Tt][Pp]://)?([^:/@\\[\\]]+)(?::(\\d{1,5}))?/?");

  private static final Pattern LOOPBACK =
      Pattern.compile("(?i)localhost|.+\\.localhost|127(?:\\.\\d+){3}|\\[::1]");

  private static final Pattern NETWORK = Pattern.compile("(\\d+(?:\\.\\d+){3})/(\\d{1,2})");
  private static final Pattern NUMBERS = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
  private static final int USUAL_PORT = 80;
  private static final int LAST_PORT = 65_535;

  private final UnaryOperator<@Nullable String> variables;

  /// @param variables gives the value of a name, or null
  Proxies(UnaryOperator<@Nullable String> variables) {
    this.variables = variables;
  }

  /// Those of the environment.
  static Proxies ofEnvironment() {
    return new Proxies(name -> System.getProperty(name, System.getenv(name)));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(variables.apply(name))
        .or(() -> Optional.ofNullable(variables.apply(name.toLowerCase(Locale.ROOT))))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  @Override
  public List<Proxy> select(URI uri) {
    String own = uri.getScheme().toUpperCase(Locale.ROOT) + "_PROXY";
    String name = variable(own).isPresent() ? own : "ALL_PROXY";
    Optional<String> address = variable(name);
    if (address.isEmpty()) {
      return Optional.ofNullable(ProxySelector.getDefault())
          .map(usual -> usual.select(uri))
          .orElse(List.of(Proxy.NO_PROXY));
    }
    return List.of(isDirect(uri) ? Proxy.NO_PROXY : proxy(name, address.get()));
  }

  /// How a server is asked, for messages: nothing if it is asked directly.
  String inWords(URI uri) {
    Proxy proxy = select(uri).getFirst();
    return proxy.address() instanceof InetSocketAddress address
        ? " through the proxy %s:%d".formatted(address.getHostString(), address.getPort())
        : "";
  }

  /// What it is may hold a password, so it is not shown.
  private static Proxy proxy(String name, String address) {
    Matcher parts = ADDRESS.matcher(address);
    int port =
        parts.matches() && parts.group(2) != null ? Integer.parseInt(parts.group(2)) : USUAL_PORT;
    if (!parts.matches() || port > LAST_PORT) {
      throw new RequestException(
              name, "should be an address such as http://proxy:3128, found something else")
          .withRemedy("names, passwords and SOCKS are not supported");
    }
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(parts.group(1), port));
  }

  private boolean isDirect(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return LOOPBACK.matcher(host).matches()
        || Arrays.stream(variable("NO_PROXY").orElse("").split("[,\\s]+"))
            .anyMatch(entry -> isMeant(entry.toLowerCase(Locale.ROOT), host, uri.getPort()));
  }

  /// A host and all below it, with a port or without; a network; or `*`.
  private static boolean isMeant(String entry, String host, int port) {
    if (entry.isEmpty() || entry.equals("*")) {
      return !entry.isEmpty();
    }
    Matcher network = NETWORK.matcher(entry);
    if (network.matches() && NUMBERS.matcher(host).matches()) {
      int free = Integer.SIZE - Math.min(Integer.SIZE, Integer.parseInt(network.group(2)));
      return number(host) >> free == number(network.group(1)) >> free;
    }
    String name = entry.replaceFirst("^\\*?\\.", "");
    return List.of(host, host + ":" + port).stream()
        .anyMatch(known -> known.equals(name) || known.endsWith("." + name));
  }

  private static long number(String address) {
    return Arrays.stream(address.split("\\.", -1))
        .mapToLong(Long::parseLong)
        .reduce(0, (sum, part) -> sum << Byte.SIZE | part);
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // whoever asks is told
  }
}
