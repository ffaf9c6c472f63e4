# One static binary in an otherwise empty image; amd64 and arm64.
FROM rust:1.95-bookworm AS build
WORKDIR /src
# Static also against the C library: nothing is needed at run time. The target is named so that RUSTFLAGS leave build
# scripts and macros alone, which cannot be static.
ENV CARGO_INCREMENTAL=0 RUSTFLAGS="-C target-feature=+crt-static"

# The dependencies, once for as long as Cargo.toml and Cargo.lock stay.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && cargo build --release --locked --target "$(rustc -vV | sed -n 's/^host: //p')"

COPY migrations migrations
COPY seed-data seed-data
COPY src src
# Copied files may be older than what was built from the placeholders.
RUN touch src/main.rs src/lib.rs \
    && cargo build --release --locked --target "$(rustc -vV | sed -n 's/^host: //p')" \
    && cp target/*/release/standin /standin \
    && mkdir /data

FROM scratch
COPY --from=build /standin /standin
# For --database /data/standin.db; a new volume takes its owner from here.
COPY --from=build --chown=10001:10001 /data /data
USER 10001:10001
ENV STANDIN_LISTEN=0.0.0.0:8080
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 CMD ["/standin", "health"]
ENTRYPOINT ["/standin"]
