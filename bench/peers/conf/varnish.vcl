# Varnish as reverse proxy: every request passes, nothing is cached; the rest is the built-in VCL.
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "$origin"; }
sub vcl_recv { return (pass); }
