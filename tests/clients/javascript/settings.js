// What every client of the suite is made with.

export const region = "us-east-1";
export const account = "123456789012";

export const settings = {
  endpoint: process.env.NINEFOLD_ENDPOINT,
  region,
  credentials: { accessKeyId: account, secretAccessKey: "secret" },
  maxAttempts: 1,
};
